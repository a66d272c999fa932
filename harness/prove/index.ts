export * from './prove.ts'
export * from './result.ts'
export * from './table.ts'
