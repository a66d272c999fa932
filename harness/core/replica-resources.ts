/** What the program of a replica uses at a moment. */
export interface ReplicaResources {
  readonly replica: string
  /** Resident memory. */
  readonly memoryBytes: number
  /** Files and sockets that are open. Absent where that cannot be read. */
  readonly descriptors?: number
}

/** What may grow in a load, from the end of its first quarter to its end: more, and steadily so, is a leak. */
export interface LeakLimits {
  /** Default 30, above 0. */
  readonly memoryMb?: number
  /** Default 20, from 1. */
  readonly descriptors?: number
}

export interface LeakFinding {
  readonly replica: string
  readonly what: 'memory' | 'descriptors'
  /** `unknown`: read too seldom to tell. */
  readonly judgement: 'steady' | 'leak' | 'unknown'
  /** In MB, or in number, as they were read: the least at the beginning of what was judged, and the least at its end. */
  readonly from: number
  readonly to: number
  /** By the trend of all readings between: in that time, and in an hour. 0 where it is not known. */
  readonly grown: number
  readonly perHour: number
  /** One-sided, against 'does not grow'. */
  readonly pValue: number
  readonly limit: number
}
