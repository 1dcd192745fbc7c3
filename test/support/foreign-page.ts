import { createServer, type IncomingHttpHeaders } from 'node:http';
import { close, listen } from '../../sandbox/http.ts';

/** A page of somebody else, and what it has got of the console. */
export interface ForeignPage {
  port: number;
  /** The headers of the requests that came: what a browser tells it unasked. */
  received: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** Tries everything that a page can do with another origin, and writes down what came of it. */
const TRIES = `
const console_ = new URLSearchParams(location.search).get('console');
const code = new URLSearchParams(location.search).get('code');
const api = console_ + '/console/api/';
const tried = {};
const text = '{"no_refund":"foreign-1","money_refund":"1.00","no_order":"o-1"}';
const shown = (response) => response.type + ' ' + response.status;
const got = (name, promise) => promise.then((value) => { tried[name] = value; }, (error) => { tried[name] = error.name; });
const loaded = (tag, attributes) => new Promise((done) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.onload = () => done('loaded');
  element.onerror = () => done('error');
  document.body.append(element);
});
const framed = async () => {
  await loaded('iframe', { src: console_ + '/console', name: 'framed' });
  try { return String(frames.framed.document.body.innerText.length); } catch (error) { return error.name; }
};
const posted = (enctype, name) => new Promise((done) => {
  const frame = Object.assign(document.createElement('iframe'), { name: 'to-' + enctype });
  const form = Object.assign(document.createElement('form'), { method: 'POST', action: api + 'refunds', target: frame.name, enctype });
  form.append(Object.assign(document.createElement('input'), { name, value: '1' }));
  document.body.append(frame, form);
  frame.onload = () => done('sent');
  form.submit();
});
addEventListener('load', () => Promise.all([
  got('read', fetch(api + 'refunds/open-1', { credentials: 'include' }).then(shown)),
  got('readBlindly', fetch(api + 'refunds/open-1', { mode: 'no-cors', credentials: 'include' }).then(shown)),
  got('post', fetch(api + 'refunds', { method: 'POST', body: text, headers: { 'Content-Type': 'application/json' } }).then(shown)),
  got('postBlindly', fetch(api + 'refunds', { method: 'POST', mode: 'no-cors', body: text }).then(shown)),
  got('exchange', fetch(api + 'key', { method: 'POST', body: JSON.stringify({ code }), headers: { 'Content-Type': 'application/json' } }).then(shown)),
  got('exchangeBlindly', fetch(api + 'key', { method: 'POST', mode: 'no-cors', body: JSON.stringify({ code }) }).then(shown)),
  got('kept', Promise.resolve(document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage))),
  got('beacon', Promise.resolve(navigator.sendBeacon(api + 'refunds', new Blob([text], { type: 'text/plain' })))),
  got('script', loaded('script', { src: console_ + '/console/page.js' })),
  got('style', loaded('link', { rel: 'stylesheet', href: console_ + '/console/style.css' })),
  got('image', loaded('img', { src: console_ + '/console/icon.svg' })),
  got('frame', framed()),
  got('form', posted('application/x-www-form-urlencoded', 'no_refund')),
  got('textForm', posted('text/plain', text.slice(0, -1) + ',"x":"')),
  got('fileForm', posted('multipart/form-data', 'no_refund')),
]).then(() => { document.title = JSON.stringify(tried); }));
`;

/** Serves such a page on a port of its own; `?console=` says what it tries to get at, `&code=` what it has learnt of the printed link. */
export async function startForeignPage(): Promise<ForeignPage> {
  const received: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    received.push(request.headers);
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(`<!doctype html><title></title><body><script>${TRIES}</script></body>`);
  });
  const url = await listen(server, 0, 'a foreign page');
  return { port: Number(new URL(url).port), received, stop: () => close(server) };
}
