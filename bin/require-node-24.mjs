var wanted = 24;
var found = process.versions.node;

if (Number(found.split('.')[0]) < wanted) {
  console.error(
    'Holdfast needs Node.js ' +
      wanted +
      ' or newer; this is Node.js ' +
      found +
      ' (' +
      process.execPath +
      ').\n' +
      'What to do: run "npm ci" in the project and start through npm or npx, which use the Node.js that comes with it ' +
      '(for example "npm start" or "npx holdfast"), or install Node.js ' +
      wanted +
      ' from https://nodejs.org.',
  );
  process.exit(2);
}
