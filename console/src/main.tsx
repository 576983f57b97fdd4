/** Starts the console. */

import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';

createRoot(document.getElementById('root')!).render(<App />);
