/** `path: before -> after`; anything else stands as it is. */
export function DiffLine({ line }: { line: string }) {
  const [, path, before, after] = /^(.*?): (.*) -> (.*)$/s.exec(line) ?? []
  if (path === undefined) return <div>{line}</div>
  return (
    <div class="diff-line">
      <b>{path}</b>
      <del>
        <span class="unseen">before: </span>
        {before}
      </del>
      <ins>
        <span class="unseen">after: </span>
        {after}
      </ins>
    </div>
  )
}
