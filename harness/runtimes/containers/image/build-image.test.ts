import { expect, test } from 'vitest'
import { imagesNamedIn } from './build-image.ts'

test('the images of a Dockerfile, with arguments filled in', () => {
  const dockerfile = [
    'ARG RELEASE=1',
    'ARG BASE_IMAGE',
    'FROM --platform=linux/amd64 tools:${RELEASE} AS build',
    'FROM $BASE_IMAGE',
    'COPY --from=build /out /app',
    'COPY --from=certs:2 /etc /etc',
    'RUN echo FROM nowhere',
  ].join('\n')
  expect(imagesNamedIn(dockerfile, { BASE_IMAGE: 'node:26' })).toEqual([
    'tools:1',
    'node:26',
    'build',
    'certs:2',
  ])
})
