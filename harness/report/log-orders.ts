/**
 * What GitHub Actions, Azure Pipelines and TeamCity take for orders in the log of a job: `::error::x` that begins a line, or `##[`, `##vso[`
 * and `##teamcity[` anywhere. Sources: ActionCommand.cs of actions/runner, LoggingCommand of Azure Pipelines, service messages of TeamCity.
 */
const order = /^(\s*):(?=:[\w-]+.*::)|(##(?:vso|teamcity)?)\[/gim

/**
 * Text for the log of a pipeline, in which nothing is an order to it: what the system under test said could otherwise forge an error, or
 * silence those that are told. The first character of an order is written as `\u003a` or `\u005b`, as in JSON, so that JSON stays what it is.
 */
export function withoutOrders(text: string): string {
  return text.replace(order, (_, space: string | undefined, prefix: string | undefined) =>
    prefix === undefined ? `${space}\\u003a` : `${prefix}\\u005b`,
  )
}
