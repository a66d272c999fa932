/** Why a page could not be read. */
export type CardFailure = 'timeout' | 'connection' | 'bad-status' | 'not-a-page' | 'redirects'

export interface Card {
  title: string
  description: string
  /** Absolute http(s) address, or null. */
  image: string | null
  site: string
  /** Where the reader ends up: always the address that was fetched, whatever the page claims. */
  url: string
  /** Present when the card says no more than the address does, since the page could not be read. */
  unavailable?: CardFailure
}

/** What is left of a card when its site fails. */
export function plainCard(target: string, unavailable: CardFailure): Card {
  const { hostname, href } = new URL(target)
  return { title: hostname, description: '', image: null, site: hostname, url: href, unavailable }
}
