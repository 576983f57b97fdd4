/** Starts the console. */

import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/base.css';
import './styles/parts.css';
import './styles/pages.css';
import './styles/review.css';
import './styles/incidents.css';
import './styles/cameras.css';
import './styles/rules.css';
import './styles/supervision.css';

createRoot(document.getElementById('root')!).render(<App />);
