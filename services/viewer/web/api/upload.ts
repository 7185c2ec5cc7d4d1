import { say } from '../words/say';
import { paths } from './client';
import { Problem } from './problem';

/** Sends a file as it is; `report` gets the share sent, from 0 to 1. */
export function upload(file: File, report: (share: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    // fetch() cannot report how much of a body was sent.
    const request = new XMLHttpRequest();
    request.open('POST', paths.upload);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-Filename', encodeURIComponent(file.name));
    request.upload.addEventListener('progress', (event) => report(event.loaded / file.size));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve();
      else reject(Problem.parse(request.status, request.responseText));
    });
    request.addEventListener('error', () => reject(new TypeError(say('the connection broke'))));
    request.send(file);
  });
}
