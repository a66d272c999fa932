import type { MediaConfig } from './config.ts'

/** Where the public finds an image. Without the guard the base is put before the path as it is. Pure. */
export function publicUrl(
  { publicBaseUrl, guards }: Pick<MediaConfig, 'publicBaseUrl' | 'guards'>,
  imageId: string,
): string {
  const path = `media/${imageId}`
  if (!guards.urlJoin || publicBaseUrl === '') return `${publicBaseUrl}${path}`
  return `${publicBaseUrl.replace(/\/+$/, '')}/${path}`
}
