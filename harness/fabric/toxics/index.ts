import type { Toxic } from '../../core/index.ts'
import { bandwidth } from './bandwidth.ts'
import { body } from './body.ts'
import { delay } from './delay.ts'
import { down } from './down.ts'
import { header } from './header.ts'
import { latency } from './latency.ts'
import { limitData } from './limit-data.ts'
import { resetPeer } from './reset-peer.ts'
import { slicer } from './slicer.ts'
import { slowClose } from './slow-close.ts'
import { status } from './status.ts'
import { timeout } from './timeout.ts'
import type { ByteKind, HttpKind } from './toxic.ts'

/** All toxics. How to add one: README.md beside this file. */
export const toxicKinds: {
  readonly [T in Toxic['type']]: ByteKind<T> | HttpKind<T>
} = {
  latency,
  bandwidth,
  slow_close: slowClose,
  timeout,
  reset_peer: resetPeer,
  slicer,
  limit_data: limitData,
  down,
  status,
  body,
  header,
  delay,
}
