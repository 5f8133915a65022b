package io.millrace.servlet;

import java.util.List;

import jakarta.servlet.http.Part;

/**
 * The parts of a multipart request; closing it deletes their temporary files.
 */
final class MultipartForm implements AutoCloseable {

	List<Part> parts() {
		return List.of();
	}

	@Override
	public void close() {
	}

}
