/** A length of time as k6 has it: '500ms', '1m30s', '2h', or a number of ms. */
export type LoadDuration = string | number

/** `p(95)<300` alone, or with k6's options. */
export type LoadThreshold =
  | string
  | {
      readonly threshold: string
      /** Ends the load as soon as it does not hold. Default false. */
      readonly abortOnFail?: boolean
      /** Not before so much of the load has passed. Default 0. */
      readonly delayAbortEval?: LoadDuration
    }
