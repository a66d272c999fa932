import { drips } from './drips.ts'
import { garbage } from './garbage.ts'
import { gone } from './gone.ts'
import { hangs } from './hangs.ts'
import { huge } from './huge.ts'
import { liesAboutCharset } from './lies-about-charset.ts'
import { liesAboutContentType } from './lies-about-content-type.ts'
import { moved } from './moved.ts'
import { dnsNxdomain, dnsServfail } from './names.ts'
import { rateLimited } from './rate-limited.ts'
import { redirectLoop } from './redirect-loop.ts'
import { resets } from './resets.ts'
import { serverErrors } from './server-errors.ts'
import { slow } from './slow.ts'
import { tlsExpired, tlsHangs, tlsSelfSigned, tlsWrongHost } from './tls.ts'
import { truncates } from './truncates.ts'
import type { Variant } from './variant.ts'

/** The failure modes that every site has. How to add one: README.md beside this file. */
export const genericVariants = {
  slow,
  hangs,
  '5xx': serverErrors,
  'rate-limited': rateLimited,
  resets,
  drips,
  truncates,
  huge,
  garbage,
  'redirect-loop': redirectLoop,
  moved,
  gone,
  'lies-about-content-type': liesAboutContentType,
  'lies-about-charset': liesAboutCharset,
  'tls-expired': tlsExpired,
  'tls-wrong-host': tlsWrongHost,
  'tls-self-signed': tlsSelfSigned,
  'tls-hangs': tlsHangs,
  'dns-nxdomain': dnsNxdomain,
  'dns-servfail': dnsServfail,
} as const satisfies Readonly<Record<string, Variant>>
