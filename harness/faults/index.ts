export { siteFault, type SiteFaultOptions } from './site-fault.ts'
