package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * A field or file of a form (Servlet 6.1 §3.2, RFC 7578).
 */
final class FormPart implements Part {

	private final String name;

	private final @Nullable String fileName;

	private final PartHeaders headers;

	private final PartContent content;

	private final Path location;

	/**
	 * Create a part.
	 * @param name its name
	 * @param fileName the name of the file as the client sent it, {@code null} for a
	 * field
	 * @param headers its header fields
	 * @param content its content
	 * @param location what a relative path in {@link #write} is relative to
	 */
	FormPart(String name, @Nullable String fileName, PartHeaders headers, PartContent content, Path location) {
		this.name = name;
		this.fileName = fileName;
		this.headers = headers;
		this.content = content;
		this.location = location;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return this.content.open();
	}

	@Override
	public @Nullable String getContentType() {
		return this.headers.get("content-type");
	}

	@Override
	public String getName() {
		return this.name;
	}

	/**
	 * The name of the file as the client sent it: it may have directories in it.
	 */
	@Override
	public @Nullable String getSubmittedFileName() {
		return this.fileName;
	}

	@Override
	public long getSize() {
		return this.content.size();
	}

	/**
	 * Write the part to a file. An absolute path is used as it is (Javadoc of
	 * {@link Part#write}, and what {@code MultipartFile.transferTo} needs), unless it is
	 * just what the client sent; a relative one must stay below the upload location.
	 * @param fileName the path of the file
	 * @throws IOException where the path is not allowed or the file cannot be written
	 */
	@Override
	public void write(String fileName) throws IOException {
		this.content.writeTo(resolve(fileName));
	}

	private Path resolve(String path) throws IOException {
		try {
			Path target = Path.of(path);
			if (target.isAbsolute() && !path.equals(this.fileName)) {
				return target;
			}
			Path base = this.location.toAbsolutePath().normalize();
			Path resolved = base.resolve(target).normalize();
			if (!target.isAbsolute() && resolved.startsWith(base) && !resolved.equals(base)) {
				return resolved;
			}
		}
		catch (InvalidPathException ex) {
			// as below
		}
		throw new IOException("A part can be written to an absolute path of the application's own choice, "
				+ "or below the upload location only");
	}

	@Override
	public void delete() throws IOException {
		this.content.delete();
	}

	@Override
	public @Nullable String getHeader(String name) {
		return this.headers.get(name);
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return this.headers.all(name);
	}

	@Override
	public Collection<String> getHeaderNames() {
		return this.headers.names();
	}

}
