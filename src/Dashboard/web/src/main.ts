import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/board.css';
import './styles/pages.css';
import App from './app.svelte';
import { applyTheme } from './shared/settings.svelte';

applyTheme();
mount(App, { target: document.getElementById('app')! });
