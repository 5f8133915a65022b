package io.millrace.core.http2;

import java.util.Base64;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * The field {@code HTTP2-Settings} (RFC 7540 §3.2.1).
 */
public final class UpgradeSettings {

	private static final int ENTRY = 6;

	private UpgradeSettings() {
	}

	/**
	 * Decode the field.
	 * @param value its value
	 * @return the payload of a SETTINGS frame, {@code null} where it is none
	 */
	public static byte @Nullable [] decode(String value) {
		try {
			byte[] payload = Base64.getUrlDecoder().decode(value);
			if (payload.length % ENTRY != 0) {
				return null;
			}
			parse(payload);
			return payload;
		}
		catch (IllegalArgumentException | Http2Exception ex) {
			return null;
		}
	}

	static Http2Settings parse(byte[] payload) throws Http2Exception {
		Http2Settings settings = new Http2Settings();
		for (int at = 0; at < payload.length; at += ENTRY) {
			char id = (char) ((payload[at] & 0xFF) << 8 | (payload[at + 1] & 0xFF));
			long value = 0;
			for (int i = 2; i < ENTRY; i++) {
				value = value << 8 | (payload[at + i] & 0xFF);
			}
			try {
				settings.put(id, Long.valueOf(value));
			}
			catch (IllegalArgumentException ex) {
				throw new Http2Exception(Http2Error.PROTOCOL_ERROR, "A setting is out of range", ex);
			}
		}
		return settings;
	}

}
