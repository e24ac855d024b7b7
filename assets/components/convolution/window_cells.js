// Which cells have to do with one another: index maps from where each window starts, for lighting cells.

// Index, in the padded input, of the cell that step k multiplies with weight p.
function cellOf(data, k, p) {
  const columns = data.filter.shape[1];
  const row = data.starts[2 * k] + data.dilation * Math.floor(p / columns);
  return row * data.padded.shape[1] + data.starts[2 * k + 1] + data.dilation * (p % columns);
}

// The cells that step k reads.
function cellsRead(data, k) { return Array.from(data.filter, (_, p) => cellOf(data, k, p)); }

// The steps that read a cell.
function readersOf(data, cell) {
  return Array.from(data.outputs, (_, k) => k).filter((k) => cellsRead(data, k).includes(cell));
}

// Every cell that weight p ever multiplies.
function multipliedBy(data, p) { return Array.from(data.outputs, (_, k) => cellOf(data, k, p)); }
