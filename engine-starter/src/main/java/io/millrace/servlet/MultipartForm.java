package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a multipart request. Whoever reads it closes it when the request has
 * ended: that deletes the temporary files.
 */
final class MultipartForm implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(MultipartForm.class);

	private final List<Part> parts = new ArrayList<>();

	private final List<PartContent> contents = new ArrayList<>();

	void add(Part part) {
		this.parts.add(part);
	}

	/**
	 * Have the content of a part deleted with the form, be it complete or not.
	 * @param content the content
	 */
	void own(PartContent content) {
		this.contents.add(content);
	}

	/**
	 * The parts.
	 * @return unmodifiable, in the order they came
	 */
	List<Part> parts() {
		return Collections.unmodifiableList(this.parts);
	}

	/**
	 * A part.
	 * @param name its name
	 * @return the first of that name, {@code null} where there is none
	 */
	@Nullable Part part(String name) {
		for (Part part : this.parts) {
			if (part.getName().equals(name)) {
				return part;
			}
		}
		return null;
	}

	/**
	 * Delete the temporary files, but those that the application took over. Safe to call
	 * twice.
	 */
	@Override
	public void close() {
		for (PartContent content : this.contents) {
			try {
				content.delete();
			}
			catch (IOException ex) {
				logger.warn("A temporary file of an upload could not be deleted", ex);
			}
		}
	}

}
