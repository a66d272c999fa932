import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './style.css'
import type { PageData } from '../page-data.ts'
import { LivePage } from './live-page.tsx'
import { Page } from './page.tsx'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData | null
const app = document.getElementById('app') as HTMLElement
// What stands there is for who has no scripts.
app.replaceChildren()
render(data ? <Page data={data} /> : <LivePage />, app)
