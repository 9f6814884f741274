document.title = 'Holdfast';
