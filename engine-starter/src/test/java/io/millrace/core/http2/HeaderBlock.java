package io.millrace.core.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A field block (RFC 7541) in which every field is a literal that is never put into the
 * dynamic table, so that a block means the same wherever it is sent, and may say what no
 * encoder would let through.
 */
public final class HeaderBlock {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final StringBuilder text = new StringBuilder();

	public static HeaderBlock empty() {
		return new HeaderBlock();
	}

	public static HeaderBlock get(String path) {
		return of("GET", path);
	}

	public static HeaderBlock post(String path) {
		return of("POST", path);
	}

	public static HeaderBlock of(String method, String path) {
		return empty().with(":method", method)
			.with(":scheme", "http")
			.with(":path", path)
			.with(":authority", "localhost");
	}

	public HeaderBlock with(String name, String value) {
		this.out.write(0);
		this.text.append(name).append('=').append(value).append(' ');
		return string(name).string(value);
	}

	/** A field that the receiver has to remember in its dynamic table (§6.2.1). */
	public HeaderBlock remembered(String name, String value) {
		this.out.write(0x40);
		return string(name).string(value);
	}

	/** Bytes as they are. */
	public HeaderBlock raw(int... bytes) {
		for (int value : bytes) {
			this.out.write(value);
		}
		return this;
	}

	private HeaderBlock string(String value) {
		byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
		integer(0, 7, bytes.length);
		this.out.writeBytes(bytes);
		return this;
	}

	/** An integer behind a prefix (§5.1). */
	public HeaderBlock integer(int pattern, int prefixBits, long value) {
		int most = (1 << prefixBits) - 1;
		if (value < most) {
			this.out.write(pattern | (int) value);
			return this;
		}
		this.out.write(pattern | most);
		long rest = value - most;
		for (; rest >= 128; rest >>= 7) {
			this.out.write((int) (rest & 127) | 128);
		}
		this.out.write((int) rest);
		return this;
	}

	@Override
	public String toString() {
		return this.text.toString().strip();
	}

	public byte[] bytes() {
		return this.out.toByteArray();
	}

}
