import type { Link } from './link-store.ts'

export interface RedirectRule {
  code: string
  /** An absolute address, or a path of the site; `/l/<code>` is another link. */
  to: string
}

/** Where opening a link leads. With `lint`, a rule that leads back to itself, at once or by way of others, does not count. Pure. */
export function targetOf(
  link: Pick<Link, 'code' | 'url'>,
  rules: readonly RedirectRule[],
  lint: boolean,
): string {
  const rule = rules.find(({ code }) => code === link.code)
  if (rule === undefined || (lint && isLoop(rule, rules))) return link.url
  return rule.to
}

function isLoop(start: RedirectRule, rules: readonly RedirectRule[]): boolean {
  const seen = new Set<RedirectRule>()
  for (let rule: RedirectRule | undefined = start; rule !== undefined;) {
    if (seen.has(rule)) return true
    seen.add(rule)
    const next: string | undefined = /^\/l\/([^/?#]+)/.exec(rule.to)?.[1]
    rule = rules.find(({ code }) => code === next)
  }
  return false
}
