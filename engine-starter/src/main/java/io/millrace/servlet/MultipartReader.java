package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import jakarta.servlet.MultipartConfigElement;

/**
 * Reads a multipart/form-data body (RFC 7578).
 */
final class MultipartReader {

	private MultipartReader() {
	}

	/**
	 * Read all parts. IllegalStateException where a size or count is exceeded;
	 * ProtocolException (an IOException) where the body is malformed.
	 */
	static MultipartForm read(InputStream body, String contentType, MultipartConfigElement config,
			Path temporaryDirectory, MultipartLimits limits) throws IOException {
		throw new UnsupportedOperationException();
	}

}
