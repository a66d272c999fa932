/** What would have shown an outage before release. Incidents name these, so that they can be counted. */
export const practices = {
  realValue: 'the real value validated in the real program',
  oneReplica: 'one replica first, gated on core flows',
  fuzzing: 'configurations that the schema allows, fuzzed',
  coldCache: 'a cold cache and the herd after recovery',
  undo: 'the undo exercised',
  meaning: 'meaning asserted, and not just the absence of 5xx',
  statusHonesty: 'the status page held to the truth',
  identities: 'every kind of client in the matrix',
  contentAges: 'content of every age, cached and not',
  soak: 'a soak past delays and expiries',
  mixedVersions: 'mixed versions side by side',
} as const
