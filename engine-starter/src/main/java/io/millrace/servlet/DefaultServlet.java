package io.millrace.servlet;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Sends the resources of the application, its document root and the
 * {@code META-INF/resources} of its libraries. Folders are not listed, they have their
 * {@code index.html} if there is one. Nothing beneath {@code WEB-INF} and
 * {@code META-INF} is sent, by an include or forward neither: Spring's
 * {@code DefaultServletHttpRequestHandler} forwards whatever the client asks for.
 */
final class DefaultServlet extends HttpServlet {

	/** The name that Spring looks for. */
	static final String NAME = "default";

	private static final long serialVersionUID = 1L;

	private static final String WELCOME = "index.html";

	private static final String METHODS = "GET, HEAD, OPTIONS";

	private static final int PIECE = 32 * 1024;

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (isServed(request.getMethod(), request.getDispatcherType())) {
			serve(request, response);
			return;
		}
		// Not HttpServlet's: it would offer TRACE, which the container refuses.
		response.setHeader("Allow", METHODS);
		if (!request.getMethod().equals("OPTIONS")) {
			response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
		}
	}

	// The answer to a form, or a part of the answer to anything, may be a file.
	private static boolean isServed(String method, DispatcherType type) {
		return switch (type) {
			case INCLUDE, ERROR -> true;
			case FORWARD -> isSafe(method) || method.equals("POST");
			default -> isSafe(method);
		};
	}

	private static boolean isSafe(String method) {
		return method.equals("GET") || method.equals("HEAD");
	}

	private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
		boolean included = request.getDispatcherType() == DispatcherType.INCLUDE;
		String asked = path(request, included);
		// §10.10
		String path = asked.endsWith("/") ? asked + WELCOME : asked;
		URL url = isPublic(path) ? getServletContext().getResource(path) : null;
		StaticResource resource = (url != null) ? StaticResource.of(url) : null;
		if (resource != null && included) {
			send(resource, new ByteRange(0, resource.length() - 1), request, response);
		}
		else if (resource != null) {
			String type = getServletContext().getMimeType(path);
			if (type != null) {
				response.setContentType(type);
			}
			answer(resource, request, response);
		}
		else if (included) {
			// §9.3: whoever includes it is told.
			throw new FileNotFoundException(asked);
		}
		else if (url != null && request.getDispatcherType() == DispatcherType.REQUEST) {
			redirectIntoFolder(request, response);
		}
		else {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
		}
	}

	// Without the slash, relative links of its page would lead out of it.
	private static void redirectIntoFolder(HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		String query = request.getQueryString();
		String path = request.getRequestURI();
		int start = 0;
		// What starts with two slashes names another host (RFC 3986 §4.2).
		while (path.startsWith("//", start)) {
			start++;
		}
		String folder = path.substring(start) + "/";
		response.sendRedirect(response.encodeRedirectURL((query != null) ? folder + "?" + query : folder));
	}

	private static String path(HttpServletRequest request, boolean included) {
		if (included && request.getAttribute(RequestDispatcher.INCLUDE_REQUEST_URI) != null) {
			return join(request.getAttribute(RequestDispatcher.INCLUDE_SERVLET_PATH),
					request.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO));
		}
		return join(request.getServletPath(), request.getPathInfo());
	}

	private static String join(@Nullable Object servletPath, @Nullable Object pathInfo) {
		return ((servletPath != null) ? servletPath.toString() : "") + ((pathInfo != null) ? pathInfo : "");
	}

	private static boolean isPublic(String path) {
		return path.startsWith("/") && !PrivateFolders.contain(path);
	}

	private void answer(StaticResource resource, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		ByteRange all = new ByteRange(0, resource.length() - 1);
		if (response.getStatus() != HttpServletResponse.SC_OK || !isSafe(request.getMethod())) {
			// The page of an error or the answer to a form: not what the URL stands for.
			send(resource, all, request, response);
			return;
		}
		int status = Preconditions.evaluate(request, resource);
		if (status == HttpServletResponse.SC_PRECONDITION_FAILED) {
			response.sendError(status);
			return;
		}
		response.setHeader("ETag", resource.entityTag());
		response.setDateHeader("Last-Modified", resource.lastModified());
		response.setHeader("Accept-Ranges", "bytes");
		if (status == HttpServletResponse.SC_NOT_MODIFIED) {
			response.setStatus(status);
			return;
		}
		ByteRange range = range(resource, request);
		// Who has begun to write text gets all of the text.
		if (range == null || output(response) == null) {
			send(resource, all, request, response);
		}
		else if (range.isEmpty()) {
			response.setHeader("Content-Range", "bytes */" + resource.length());
			response.sendError(HttpServletResponse.SC_REQUESTED_RANGE_NOT_SATISFIABLE);
		}
		else {
			response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
			response.setHeader("Content-Range",
					"bytes " + range.first() + "-" + range.last() + "/" + resource.length());
			send(resource, range, request, response);
		}
	}

	private static @Nullable ByteRange range(StaticResource resource, HttpServletRequest request) {
		String field = request.getHeader("Range");
		boolean wanted = field != null && request.getMethod().equals("GET")
				&& Preconditions.isRangeWanted(request, resource);
		return (field != null && wanted) ? ByteRange.of(field, resource.length()) : null;
	}

	private static void send(StaticResource resource, ByteRange range, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		OutputStream out = output(response);
		if (out != null && request.getDispatcherType() != DispatcherType.INCLUDE) {
			response.setContentLengthLong(range.size());
		}
		if (request.getMethod().equals("HEAD")) {
			return;
		}
		try (InputStream in = resource.content().open()) {
			if (out == null) {
				new InputStreamReader(in, StandardCharsets.UTF_8).transferTo(response.getWriter());
				return;
			}
			in.skipNBytes(range.first());
			copy(in, out, range.size());
		}
	}

	// Null where the application has begun to write text: then the file is text too.
	private static @Nullable OutputStream output(HttpServletResponse response) throws IOException {
		try {
			return response.getOutputStream();
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	private static void copy(InputStream in, OutputStream out, long size) throws IOException {
		byte[] piece = new byte[(int) Math.min(size, PIECE)];
		long left = size;
		int count;
		while (left > 0 && (count = in.read(piece, 0, (int) Math.min(left, piece.length))) >= 0) {
			out.write(piece, 0, count);
			left -= count;
		}
	}

}
