/**
 * crates.io, 2023-07-20, 12:17 to 12:30 UTC: all downloads failed, about 3.7 million requests. The address of a download was put together from a base
 * and a path without a slash between them, static.crates.iocrates/…; tests had used a base that ended in one. The deployment was rolled back.
 * Here images are handed over to another address, whose base does not end in a slash either. What the gateway has in its cache goes on.
 * Addresses of images that were published meanwhile stay dead after the undo; the images are there, and posts, which name them by id, show them.
 * The report names no status page; the outage was shorter than most pages need. Here it asks health endpoints, and stays green.
 * P: https://blog.rust-lang.org/inside-rust/2023/07/21/crates-io-postmortem.html
 */
import { reproduces } from 'aftershock'
import { referenceScenario } from '../scenario.ts'
import { incident, steps } from './crates-base-url.ts'

export default referenceScenario({
  id: 'crates-base-url',
  title: 'crates.io, 2023-07-20: a base address without its slash',
  incident,
  steps,
  expect: reproduces(
    [{ flows: ['post-image', 'view-new-image', 'view-old-image'], symptom: '404/34' }],
    { statusPageLies: true },
  ),
})
