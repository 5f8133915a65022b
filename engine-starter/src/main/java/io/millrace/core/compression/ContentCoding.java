package io.millrace.core.compression;

import io.netty.handler.codec.compression.Brotli;
import io.netty.handler.codec.compression.Zstd;
import org.jspecify.annotations.Nullable;

/**
 * The content codings that there are. Responses are never coded with {@code deflate}:
 * whether that means zlib or bare deflate is understood differently by clients (RFC 9110
 * §8.4.1.2), and all that know it know gzip.
 */
public enum ContentCoding {

	/** RFC 9110 §8.4.1.3, by the JDK's zlib; levels 1 to 9. */
	GZIP("gzip", 1, 9),

	/** RFC 7932, where brotli4j is on the class path; levels 0 to 11. */
	BROTLI("br", 0, 11),

	/**
	 * RFC 8878, where zstd-jni is on the class path; levels 1 to 19, as the ones above
	 * need more memory than clients grant (RFC 9659).
	 */
	ZSTD("zstd", 1, 19),

	/** RFC 9110 §8.4.1.2; only of requests. */
	DEFLATE("deflate", 1, 9);

	private final String token;

	private final int minLevel;

	private final int maxLevel;

	ContentCoding(String token, int minLevel, int maxLevel) {
		this.token = token;
		this.minLevel = minLevel;
		this.maxLevel = maxLevel;
	}

	/**
	 * The name in {@code Content-Encoding} and {@code Accept-Encoding}.
	 * @return the token
	 */
	public String token() {
		return this.token;
	}

	/**
	 * The fastest level.
	 * @return the least number
	 */
	public int minLevel() {
		return this.minLevel;
	}

	/**
	 * The smallest result.
	 * @return the greatest number
	 */
	public int maxLevel() {
		return this.maxLevel;
	}

	/**
	 * Whether its library is here, and works on this platform. The first question may
	 * load a native library.
	 * @return always {@code true} for what the JDK has
	 */
	public boolean isAvailable() {
		return switch (this) {
			case GZIP, DEFLATE -> true;
			case BROTLI -> Brotli.isAvailable();
			case ZSTD -> Zstd.isAvailable();
		};
	}

	/**
	 * The library that it needs.
	 * @return its Maven coordinates without version, {@code null} for none
	 */
	public @Nullable String library() {
		return switch (this) {
			case GZIP, DEFLATE -> null;
			case BROTLI -> "com.aayushatharva.brotli4j:brotli4j";
			case ZSTD -> "com.github.luben:zstd-jni";
		};
	}

	/**
	 * Find a coding by its name.
	 * @param token the name, in any case; also {@code x-gzip} (RFC 9110 §8.4.1.3)
	 * @return the coding, {@code null} where there is none of that name
	 */
	public static @Nullable ContentCoding of(String token) {
		if (token.equalsIgnoreCase("x-gzip")) {
			return GZIP;
		}
		for (ContentCoding coding : values()) {
			if (coding.token.equalsIgnoreCase(token)) {
				return coding;
			}
		}
		return null;
	}

}
