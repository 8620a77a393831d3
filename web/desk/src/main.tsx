import { render } from 'preact';
import { App } from './app';
import { live } from './lib/live';

live();
render(<App />, document.getElementById('desk')!);
