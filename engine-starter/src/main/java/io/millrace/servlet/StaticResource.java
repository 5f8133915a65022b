package io.millrace.servlet;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.jar.JarEntry;

import org.jspecify.annotations.Nullable;

/**
 * A file that the {@link DefaultServlet} can send.
 *
 * @param content opens its bytes
 * @param length how many there are
 * @param lastModified when they were changed, in milliseconds since 1970
 * @param entityTag a weak entity tag (RFC 9110 §8.8.3)
 */
record StaticResource(Content content, long length, long lastModified, String entityTag) {

	/**
	 * Look at a resource.
	 * @param url the resource, on disk or in a jar, which is where an application has
	 * them
	 * @return what can be sent, {@code null} for a directory and what cannot be read
	 * @throws IOException where the resource cannot be looked at
	 */
	static @Nullable StaticResource of(URL url) throws IOException {
		if (url.getProtocol().equals("file")) {
			return ofFile(url);
		}
		return (url.openConnection() instanceof JarURLConnection jar) ? ofEntry(jar) : null;
	}

	private static @Nullable StaticResource ofFile(URL url) throws IOException {
		Path file;
		try {
			file = Path.of(url.toURI());
		}
		catch (URISyntaxException ex) {
			throw new IOException(ex);
		}
		if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
			return null;
		}
		BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
		long changed = attributes.lastModifiedTime().toMillis();
		return new StaticResource(() -> Files.newInputStream(file), attributes.size(), changed,
				tag(attributes.size(), Long.toString(changed)));
	}

	private static @Nullable StaticResource ofEntry(JarURLConnection jar) throws IOException {
		JarEntry entry = jar.getJarEntry();
		if (entry == null || entry.isDirectory()) {
			return null;
		}
		// Builds that can be reproduced give all entries of all versions the same time.
		return new StaticResource(jar::getInputStream, entry.getSize(), entry.getTime(),
				tag(entry.getSize(), Long.toHexString(entry.getCrc())));
	}

	private static String tag(long length, String version) {
		return "W/\"" + length + "-" + version + "\"";
	}

	/** The bytes of a resource. */
	interface Content {

		InputStream open() throws IOException;

	}

}
