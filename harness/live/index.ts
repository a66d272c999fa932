export { LiveServer } from './live-server.ts'
