package io.millrace.servlet;

import java.nio.charset.Charset;
import java.util.Enumeration;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, in the order they came.
 */
final class Parameters {

	static final int DEFAULT_LIMIT = 1000;

	Parameters(int limit) {
	}

	/** Another one with the parameters of a dispatch path in front of these. */
	Parameters withQueryInFront(String rawQuery, Charset charset) {
		throw new UnsupportedOperationException();
	}

	void addQuery(String rawQuery, Charset charset) {
	}

	/** Does not release and does not move the reader index. */
	void addForm(ByteBuf form, Charset charset) {
	}

	void addForm(byte[] form, Charset charset) {
	}

	void add(String name, String value) {
	}

	@Nullable String get(String name) {
		return null;
	}

	String @Nullable [] values(String name) {
		return null;
	}

	Enumeration<String> names() {
		throw new UnsupportedOperationException();
	}

	Map<String, String[]> asMap() {
		throw new UnsupportedOperationException();
	}

}
