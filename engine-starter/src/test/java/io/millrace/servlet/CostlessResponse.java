package io.millrace.servlet;

import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response that takes everything, forgets it and allocates nothing.
 */
final class CostlessResponse extends HttpServletResponseWrapper {

	private final ServletOutputStream output = new Nowhere();

	CostlessResponse() {
		super((HttpServletResponse) Proxy.newProxyInstance(CostlessResponse.class.getClassLoader(),
				new Class<?>[] { HttpServletResponse.class }, (proxy, method, arguments) -> {
					throw new UnsupportedOperationException(method.getName());
				}));
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public boolean isCommitted() {
		return false;
	}

	@Override
	public int getStatus() {
		return 200;
	}

	@Override
	public @Nullable String getHeader(String name) {
		return null;
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return List.of();
	}

	@Override
	public boolean containsHeader(String name) {
		return false;
	}

	@Override
	public void addHeader(String name, String value) {
	}

	@Override
	public void setHeader(String name, String value) {
	}

	@Override
	public @Nullable String getContentType() {
		return null;
	}

	@Override
	public void setContentType(String type) {
	}

	@Override
	public @Nullable String getCharacterEncoding() {
		return "UTF-8";
	}

	@Override
	public void setCharacterEncoding(String encoding) {
	}

	@Override
	public void setContentLengthLong(long length) {
	}

	@Override
	public void flushBuffer() {
	}

	private static final class Nowhere extends ServletOutputStream {

		@Override
		public void write(int b) {
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new UnsupportedOperationException();
		}

	}

}
