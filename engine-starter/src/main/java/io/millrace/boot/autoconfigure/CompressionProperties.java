package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

/**
 * What {@code server.compression.*} has no key for.
 */
public class CompressionProperties {

	/**
	 * The encodings that are offered, the best first: of those that a client likes
	 * equally the first is taken. br needs brotli4j on the class path, zstd zstd-jni.
	 * Empty: zstd, br and gzip, as far as they are there.
	 */
	private List<Encoding> encodings = new ArrayList<>();

	/**
	 * How hard gzip tries: 1 is fast, 9 is small.
	 */
	private int gzipLevel = 4;

	/**
	 * How hard brotli tries: 0 is fast, 11 is small, and from 5 on is for files that are
	 * compressed once.
	 */
	private int brLevel = 4;

	/**
	 * How hard Zstandard tries: 1 is fast, 19 is small.
	 */
	private int zstdLevel = 3;

	public List<Encoding> getEncodings() {
		return this.encodings;
	}

	public void setEncodings(List<Encoding> encodings) {
		this.encodings = encodings;
	}

	public int getGzipLevel() {
		return this.gzipLevel;
	}

	public void setGzipLevel(int gzipLevel) {
		this.gzipLevel = gzipLevel;
	}

	public int getBrLevel() {
		return this.brLevel;
	}

	public void setBrLevel(int brLevel) {
		this.brLevel = brLevel;
	}

	public int getZstdLevel() {
		return this.zstdLevel;
	}

	public void setZstdLevel(int zstdLevel) {
		this.zstdLevel = zstdLevel;
	}

	/**
	 * The encodings that there are.
	 */
	public enum Encoding {

		/**
		 * Zstandard, RFC 8878.
		 */
		ZSTD,

		/**
		 * Brotli, RFC 7932.
		 */
		BR,

		/**
		 * RFC 1952, by the JDK.
		 */
		GZIP

	}

}
