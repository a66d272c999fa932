const SIGNALS = ['agent', 'accept', 'order', 'cipher', 'timing', 'origin'] as const
const MEASURES = 20

/** The features that are looked at, as the job that writes the list has them. Data only: scenarios read this too. */
export const BOT_FEATURES: readonly string[] = SIGNALS.flatMap((signal) =>
  Array.from({ length: MEASURES }, (_, n) => `${signal}-${n + 1}`),
)
