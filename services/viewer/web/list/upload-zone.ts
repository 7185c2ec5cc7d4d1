import { explain } from '../api/problem';
import { upload } from '../api/upload';
import { fill, h, setVariable } from '../dom';
import { icon } from '../icons';
import { say } from '../words/say';

/** Takes files by a button or dropped anywhere on `target`, and sends them one after the other. */
export function uploadZone(target: HTMLElement): HTMLElement {
  const transfers = h('ul', { class: 'transfers' });
  const send = queue((file) => transfer(file, transfers));
  const picker = h('input', { type: 'file', multiple: true, class: 'hidden-input', id: 'file-picker' });
  picker.addEventListener('change', () => {
    for (const file of picker.files ?? []) send(file);
    picker.value = '';
  });
  acceptDrops(target, send);
  return h(
    'div',
    { class: 'upload' },
    picker,
    h(
      'label',
      { for: 'file-picker', class: 'upload-button' },
      icon('upload'),
      h('span', {}, h('strong', {}, say('Add slides')), h('span', { class: 'upload-hint' }, say('or drop files anywhere'))),
    ),
    transfers,
  );
}

/** One at a time: slides are large, and the line is the bottleneck. */
function queue(work: (file: File) => Promise<void>): (file: File) => void {
  let last = Promise.resolve();
  return (file) => {
    last = last.then(() => work(file));
  };
}

async function transfer(file: File, transfers: HTMLElement): Promise<void> {
  const bar = h('span', { class: 'bar' });
  const message = h('span', { class: 'transfer-message' });
  const row = h('li', {}, h('span', { class: 'transfer-name' }, file.name), bar, message);
  transfers.append(row);
  try {
    await upload(file, (share) => setVariable(bar, 'share', share));
    row.remove();
  } catch (error) {
    bar.remove();
    row.classList.add('failed');
    fill(message, explain(error), h('button', { onclick: () => row.remove() }, say('Dismiss')));
  }
}

function acceptDrops(target: HTMLElement, send: (file: File) => void): void {
  // Shown by the style sheet.
  target.dataset.dropWords = say('Drop to add the slide');
  let depth = 0;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const mark = () => target.classList.toggle('drop-target', depth > 0);
  target.addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    mark();
  });
  target.addEventListener('dragleave', (event) => {
    if (!carriesFiles(event)) return;
    depth -= 1;
    mark();
  });
  target.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  target.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    for (const file of event.dataTransfer?.files ?? []) send(file);
  });
}
