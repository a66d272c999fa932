export { LiveServer, type LiveAction } from './live-server.ts'
