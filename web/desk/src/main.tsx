import { render } from 'preact';
import { App } from './app';
import { live } from './lib/live';
import { takeReturn } from './lib/provider';

live();
void takeReturn();
render(<App />, document.getElementById('desk')!);
