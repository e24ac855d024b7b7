// Arrays from Python.

const ARRAYS = { float64: Float64Array, float32: Float32Array, uint8: Uint8Array, int8: Int8Array,
                 int32: Int32Array, int16: Int16Array, bool: Uint8Array };

// {shape, type, base64} -> typed array with .shape
function unpack(packed) {
  const text = atob(packed.base64), bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k += 1) bytes[k] = text.charCodeAt(k);
  const values = new ARRAYS[packed.type](bytes.buffer);
  values.shape = packed.shape;
  return values;
}

// The largest magnitude; 0 of nothing.
function largestOf(values) {
  let most = 0;
  for (const v of values) most = Math.max(most, Math.abs(v));
  return most;
}

// Rows of an array (n, columns) as arrays.
function rowsOf(array) {
  const [count, columns] = array.shape;
  return Array.from({ length: count }, (_, n) => array.subarray(n * columns, (n + 1) * columns));
}

// Map `index` of maps (C, H, W).
function mapOf(maps, index) {
  const size = maps.shape[1] * maps.shape[2];
  return maps.subarray(index * size, (index + 1) * size);
}
