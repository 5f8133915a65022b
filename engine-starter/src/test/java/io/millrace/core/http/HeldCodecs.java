package io.millrace.core.http;

import java.util.Objects;

/**
 * What native encoders and decoders hold that nobody has closed yet.
 */
public final class HeldCodecs {

	private HeldCodecs() {
	}

	public static long byEncoders(Exchange anyOfEngine) {
		return Objects.requireNonNull(anyOfEngine.services().compression()).held();
	}

	public static long byDecoders(Exchange anyOfEngine) {
		return Objects.requireNonNull(anyOfEngine.services().decompression()).held();
	}

}
