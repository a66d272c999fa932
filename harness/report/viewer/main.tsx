import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './style.css'
import type { PageData } from '../page-data.ts'
import { Page } from './page.tsx'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData
render(<Page data={data} />, document.getElementById('app') as HTMLElement)
