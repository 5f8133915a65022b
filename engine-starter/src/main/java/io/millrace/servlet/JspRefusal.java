package io.millrace.servlet;

import java.io.IOException;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Says that JSP is not offered, where a page was asked for.
 */
final class JspRefusal extends HttpServlet {

	private static final long serialVersionUID = 1L;

	private final String file;

	JspRefusal(String file) {
		this.file = file;
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		log("JSP is not offered by this server: '" + this.file + "' cannot be served");
		response.sendError(HttpServletResponse.SC_NOT_IMPLEMENTED, "JSP is not offered by this server");
	}

}
