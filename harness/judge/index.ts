export * from './cell-judge.ts'
export * from './run-judge.ts'
export * from './sequential.ts'
export * from './status-page.ts'
