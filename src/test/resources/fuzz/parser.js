// Answers each request with what Node.js saw of it.
const http = require('http');
const crypto = require('crypto');

const hex = text => Buffer.from(text, 'latin1').toString('hex');
const or = (value, other) => (value === undefined ? other : value);

function answer(request, response) {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const headers = request.headers;
    response.setHeader('X-Saw', [
      hex(request.method), hex(request.url), hex(or(headers.host, '-')), or(headers['content-length'], '-'),
      or(headers['transfer-encoding'], '-'), body.length, crypto.createHash('sha1').update(body).digest('hex'),
    ].join(' '));
    response.setHeader('Content-Length', '0');
    response.end();
  });
}

const server = http.createServer({ maxHeaderSize: 65536, keepAliveTimeout: 60000 }, answer);
server.on('checkContinue', (request, response) => { response.writeContinue(); answer(request, response); });
server.on('checkExpectation', answer);
server.maxRequestsPerSocket = 0;
server.listen(Number(process.argv[2]), '127.0.0.1');
