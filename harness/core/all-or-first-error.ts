/** Waits for all, also after one failed, so that nothing still goes on while it is cleaned up after. Then throws what failed first. */
export async function allOrFirstError<T extends readonly unknown[]>(tasks: {
  readonly [K in keyof T]: Promise<T[K]>
}): Promise<T> {
  let failed: { readonly error: unknown } | undefined
  const note = (error: unknown) => {
    failed ??= { error }
  }
  const results = await Promise.all(
    (tasks as readonly Promise<unknown>[]).map((task) => task.catch(note)),
  )
  if (failed) throw failed.error
  return results as unknown as T
}
