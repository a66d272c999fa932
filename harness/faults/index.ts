export { siteFault, type SiteFaultOptions } from './site-fault.ts'
export { linkFault, partition, type LinkFaultOptions, type PartitionOptions } from './link-fault.ts'
