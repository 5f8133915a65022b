package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

import io.millrace.core.http.ProtocolException;
import jakarta.servlet.MultipartConfigElement;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578, RFC 2046 §5.1). It streams: memory
 * holds one buffer, small fields, and what the threshold for files allows.
 * <p>
 * It is strict where a lenient reader would take a broken upload for a whole one: lines
 * end in CR LF, and the last delimiter has to be there. Parts without a name are read and
 * left out, as Tomcat does. A nested {@code multipart/mixed} is the content of its part
 * (RFC 7578 §4.3).
 */
final class MultipartReader {

	// A field that is no file is kept in memory up to this size even where the threshold
	// is zero, which is Boot's default: a file for every text field would be dear.
	private static final int FIELD_THRESHOLD = 8192;

	private final MultipartInput input;

	private final MultipartConfigElement config;

	private final Path location;

	private final MultipartLimits limits;

	private final MultipartForm form = new MultipartForm();

	private MultipartReader(MultipartInput input, MultipartConfigElement config, Path location,
			MultipartLimits limits) {
		this.input = input;
		this.config = config;
		this.location = location;
		this.limits = limits;
	}

	/**
	 * Read all parts. What follows the last delimiter is left in the stream.
	 * @param body the body; it is not closed
	 * @param contentType the Content-Type of the request
	 * @param config location, sizes and threshold
	 * @param temporaryDirectory where the location of the configuration is relative to
	 * @param limits further limits
	 * @return the parts, to be closed by the caller
	 * @throws ProtocolException 400 where the body is malformed or truncated; nothing is
	 * left to close
	 * @throws RequestRefusedException 413 where a size or the number of parts is
	 * exceeded, as {@link IllegalStateException} for the application; nothing is left to
	 * close
	 * @throws IOException where the body cannot be read or a file not be written; nothing
	 * is left to close
	 */
	static MultipartForm read(InputStream body, String contentType, MultipartConfigElement config,
			Path temporaryDirectory, MultipartLimits limits) throws IOException {
		String boundary = HeaderParameters.parse(contentType).get("boundary");
		MultipartInput input = new MultipartInput(body, (boundary != null) ? boundary : "", config.getMaxRequestSize());
		String location = config.getLocation();
		Path directory = (location == null || location.isEmpty()) ? temporaryDirectory
				: temporaryDirectory.resolve(location);
		return new MultipartReader(input, config, directory, limits).read();
	}

	private MultipartForm read() throws IOException {
		boolean complete = false;
		try {
			if (!this.input.isEmpty()) {
				readParts();
			}
			complete = true;
			return this.form;
		}
		finally {
			if (!complete) {
				this.form.close();
			}
		}
	}

	private void readParts() throws IOException {
		if (!this.input.skipPreamble()) {
			// As Tomcat has it: a request without parts, which the application answers.
			return;
		}
		int count = 0;
		while (this.input.nextPart()) {
			count++;
			if (this.limits.maxParts() >= 0 && count > this.limits.maxParts()) {
				throw new RequestRefusedException(413,
						"The multipart request exceeds the maximum size of " + this.limits.maxParts() + " parts");
			}
			readPart();
		}
	}

	private void readPart() throws IOException {
		PartHeaders headers = PartHeaders.read(this.input, this.limits.maxPartHeaderSize());
		HeaderParameters disposition = HeaderParameters.parse(orEmpty(headers.get("content-disposition")));
		String name = disposition.getText("name");
		if (name == null || name.isEmpty() || !disposition.value().equals("form-data")) {
			this.input.readContent(MultipartInput.Sink.NONE);
			return;
		}
		String fileName = fileName(disposition);
		int threshold = this.config.getFileSizeThreshold();
		PartContent content = new PartContent(this.location,
				(fileName != null) ? threshold : Math.max(threshold, FIELD_THRESHOLD), this.config.getMaxFileSize());
		this.form.own(content);
		this.input.readContent(content);
		content.finish();
		this.form.add(new FormPart(name, fileName, headers, content, this.location));
	}

	// Where only a broken "filename*" is sent, it is a file all the same.
	private static @Nullable String fileName(HeaderParameters disposition) {
		String fileName = disposition.getText("filename");
		return (fileName == null && disposition.parameters().containsKey("filename*")) ? "" : fileName;
	}

	private static String orEmpty(@Nullable String text) {
		return (text != null) ? text : "";
	}

}
