import type { Evidence } from '../core/index.ts'

export function ratioOf(evidence: Pick<Evidence, 'samples' | 'failures'>): number {
  return evidence.samples === 0 ? 0 : evidence.failures / evidence.samples
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}

/** The symptom seen most often. */
export function topSymptom(evidence: Pick<Evidence, 'symptoms'>): string | undefined {
  return Object.entries(evidence.symptoms).toSorted((a, b) => b[1] - a[1])[0]?.[0]
}

/** `403/467 (7×), timeout (1×)`, most frequent first. */
export function symptomList(evidence: Pick<Evidence, 'symptoms'>): string {
  return Object.entries(evidence.symptoms)
    .toSorted((a, b) => b[1] - a[1])
    .map(([symptom, count]) => `${symptom} (${count}×)`)
    .join(', ')
}
