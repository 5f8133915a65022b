package io.millrace.servlet;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The resources of an application: its document root and the {@code META-INF/resources}
 * of its libraries (Servlet 6.1 §4.6). A path never leaves these.
 */
final class ApplicationResources {

	private static final String FOLDER = "META-INF/resources";

	private final @Nullable Path documentRoot;

	private final List<String> bases = new ArrayList<>();

	ApplicationResources(@Nullable Path documentRoot, List<URL> libraries) {
		this.documentRoot = (documentRoot != null) ? documentRoot.toAbsolutePath().normalize() : null;
		libraries.forEach((url) -> this.bases.add(base(url.toString())));
	}

	// A library is named by its jar, by its directory or by the folder itself.
	private static String base(String url) {
		if (url.contains(FOLDER)) {
			return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
		}
		if (url.endsWith(".jar")) {
			return (url.startsWith("jar:") ? "" : "jar:") + url + "!/" + FOLDER;
		}
		return url + (url.endsWith("/") ? "" : "/") + FOLDER;
	}

	/**
	 * Find a resource.
	 * @param path the path, starting with a slash
	 * @return the resource, {@code null} where there is none
	 * @throws MalformedURLException where the path does not start with a slash
	 */
	@Nullable URL find(@Nullable String path) throws MalformedURLException {
		if (path == null || !path.startsWith("/")) {
			throw new MalformedURLException("The path of a resource has to start with '/', and is '" + path + "'");
		}
		if (isOutside(path)) {
			return null;
		}
		Path file = file(path);
		if (file != null && isInside(file)) {
			return file.toUri().toURL();
		}
		for (String base : this.bases) {
			URL url = url(base, path);
			if (url != null && exists(url)) {
				return url;
			}
		}
		return null;
	}

	private static boolean isOutside(String path) {
		int depth = 0;
		for (String segment : path.split("[/\\\\]")) {
			if (segment.equals("..") && --depth < 0) {
				return true;
			}
			depth += (segment.isEmpty() || segment.equals(".") || segment.equals("..")) ? 0 : 1;
		}
		return path.indexOf('\0') >= 0;
	}

	private @Nullable Path file(String path) {
		if (this.documentRoot == null) {
			return null;
		}
		try {
			Path file = this.documentRoot.resolve(path.substring(1)).normalize();
			return file.startsWith(this.documentRoot) ? file : null;
		}
		catch (InvalidPathException ex) {
			return null;
		}
	}

	// What a symbolic link leads to outside of the document root is none of its
	// resources.
	private boolean isInside(Path file) {
		try {
			return this.documentRoot != null && file.toRealPath().startsWith(this.documentRoot.toRealPath());
		}
		catch (IOException ex) {
			// There is no such file.
			return false;
		}
	}

	private static @Nullable URL url(String base, String path) {
		try {
			String encoded = new URI(null, null, path, null).normalize().getRawPath();
			return new URI(base + encoded).toURL();
		}
		catch (URISyntaxException | IllegalArgumentException | MalformedURLException ex) {
			return null;
		}
	}

	private static boolean exists(URL url) {
		try {
			if (url.getProtocol().equals("file")) {
				return Files.exists(Path.of(url.toURI()));
			}
			URLConnection connection = url.openConnection();
			if (connection instanceof JarURLConnection jar) {
				return jar.getJarEntry() != null;
			}
			connection.getInputStream().close();
			return true;
		}
		catch (IOException | URISyntaxException | InvalidPathException ex) {
			return false;
		}
	}

	/**
	 * The resources directly beneath a folder.
	 * @param folder the path of the folder, starting with a slash
	 * @return their paths, those of folders with a slash at the end, {@code null} where
	 * there is nothing
	 * @throws IllegalArgumentException where the path does not start with a slash, as by
	 * Tomcat
	 */
	@Nullable Set<String> list(@Nullable String folder) {
		if (folder == null) {
			return null;
		}
		if (!folder.startsWith("/")) {
			throw new IllegalArgumentException("The path of a folder has to start with '/', and is '" + folder + "'");
		}
		if (isOutside(folder)) {
			return null;
		}
		String prefix = folder.endsWith("/") ? folder : folder + "/";
		Set<String> paths = new TreeSet<>();
		try {
			Path file = file(prefix);
			if (file != null) {
				listDirectory(file, prefix, paths);
			}
			for (String base : this.bases) {
				listLibrary(base, prefix, paths);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return paths.isEmpty() ? null : paths;
	}

	private static void listLibrary(String base, String prefix, Set<String> paths) throws IOException {
		int bang = base.lastIndexOf("!/");
		URL url = (bang < 0) ? url(base, prefix) : url(base.substring(0, bang + 2), "");
		if (url != null && url.getProtocol().equals("file")) {
			try {
				listDirectory(Path.of(url.toURI()), prefix, paths);
			}
			catch (URISyntaxException | InvalidPathException ex) {
				// Then nothing is there.
				return;
			}
		}
		else if (url != null && url.openConnection() instanceof JarURLConnection jar) {
			// Few jars have entries for their folders.
			String start = base.substring(bang + 2) + prefix;
			jar.getJarFile().stream().map(JarEntry::getName).forEach((name) -> {
				if (name.startsWith(start) && name.length() > start.length()) {
					int slash = name.indexOf('/', start.length());
					paths.add(prefix + name.substring(start.length(), (slash < 0) ? name.length() : slash + 1));
				}
			});
		}
	}

	private static void listDirectory(Path directory, String prefix, Set<String> paths) throws IOException {
		if (!Files.isDirectory(directory)) {
			return;
		}
		try (Stream<Path> files = Files.list(directory)) {
			files.forEach((file) -> paths.add(prefix + file.getFileName() + (Files.isDirectory(file) ? "/" : "")));
		}
	}

	/**
	 * The file that a path stands for.
	 * @param path the path
	 * @return its place, whether there is a file or not, {@code null} without a document
	 * root or outside of it; where the path ends with a slash, so does the place, as
	 * applications append names to it
	 */
	@Nullable String realPath(@Nullable String path) {
		if (path == null || isOutside(path)) {
			return null;
		}
		Path file = file(path.startsWith("/") ? path : "/" + path);
		if (file == null) {
			return null;
		}
		return (path.isEmpty() || path.endsWith("/")) ? file + File.separator : file.toString();
	}

}
