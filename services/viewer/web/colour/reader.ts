/** Numbers of an ICC profile, all of them big-endian; reading past the end throws a RangeError. */
export class ByteReader {
  private readonly view: DataView;

  constructor(bytes: ArrayBuffer) {
    this.view = new DataView(bytes);
  }

  byte(at: number): number {
    return this.view.getUint8(at);
  }

  uint16(at: number): number {
    return this.view.getUint16(at);
  }

  uint32(at: number): number {
    return this.view.getUint32(at);
  }

  /** s15Fixed16. */
  fixed(at: number): number {
    return this.view.getInt32(at) / 65536;
  }

  text(at: number, length: number): string {
    return String.fromCharCode(...Array.from({ length }, (_, letter) => this.byte(at + letter)));
  }

  /** Shares from 0 to 1, of one or of two bytes each. */
  shares(at: number, count: number, width: 1 | 2): Float32Array {
    const read = width === 1 ? (index: number) => this.byte(at + index) / 255 : (index: number) => this.uint16(at + index * 2) / 65535;
    return Float32Array.from({ length: count }, (_, index) => read(index));
  }
}
