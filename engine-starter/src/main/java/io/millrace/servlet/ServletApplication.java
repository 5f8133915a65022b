package io.millrace.servlet;

/**
 * The application: its {@code ServletContext}. SHELL, BODY FOLLOWS.
 */
@SuppressWarnings("NullAway")
public final class ServletApplication implements jakarta.servlet.ServletContext {

	/**
	 * Create an application.
	 * @param options what it is told by whoever embeds it
	 * @param loader the class loader of the application
	 */
	public ServletApplication(ServletOptions options, ClassLoader loader) {
	}

	/**
	 * Freeze the registrations, tell the listeners, init the filters.
	 * @throws jakarta.servlet.ServletException where a listener or a filter fails
	 */
	public void start() throws jakarta.servlet.ServletException {
		throw new UnsupportedOperationException("SHELL");
	}

	/**
	 * Init the servlets with load-on-startup, in their order.
	 * @throws jakarta.servlet.ServletException where a servlet fails
	 */
	public void loadOnStartup() throws jakarta.servlet.ServletException {
		throw new UnsupportedOperationException("SHELL");
	}

	/**
	 * Destroy servlets and filters, end the sessions, tell the listeners.
	 */
	public void stop() {
	}

	@Override
	public java.lang.String getContextPath() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletContext getContext(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public int getMajorVersion() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public int getMinorVersion() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public int getEffectiveMajorVersion() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public int getEffectiveMinorVersion() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getMimeType(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Set<java.lang.String> getResourcePaths(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.net.URL getResource(java.lang.String a0) throws java.net.MalformedURLException {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.io.InputStream getResourceAsStream(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.RequestDispatcher getRequestDispatcher(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.RequestDispatcher getNamedDispatcher(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void log(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void log(java.lang.String a0, java.lang.Throwable a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getRealPath(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getServerInfo() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getInitParameter(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Enumeration<java.lang.String> getInitParameterNames() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public boolean setInitParameter(java.lang.String a0, java.lang.String a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.Object getAttribute(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Enumeration<java.lang.String> getAttributeNames() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void setAttribute(java.lang.String a0, java.lang.Object a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void removeAttribute(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getServletContextName() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletRegistration.Dynamic addServlet(java.lang.String a0, java.lang.String a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletRegistration.Dynamic addServlet(java.lang.String a0, jakarta.servlet.Servlet a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletRegistration.Dynamic addServlet(java.lang.String a0,
			java.lang.Class<? extends jakarta.servlet.Servlet> a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletRegistration.Dynamic addJspFile(java.lang.String a0, java.lang.String a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public <T extends jakarta.servlet.Servlet> T createServlet(java.lang.Class<T> a0)
			throws jakarta.servlet.ServletException {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.ServletRegistration getServletRegistration(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Map<java.lang.String, ? extends jakarta.servlet.ServletRegistration> getServletRegistrations() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.FilterRegistration.Dynamic addFilter(java.lang.String a0, java.lang.String a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.FilterRegistration.Dynamic addFilter(java.lang.String a0, jakarta.servlet.Filter a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.FilterRegistration.Dynamic addFilter(java.lang.String a0,
			java.lang.Class<? extends jakarta.servlet.Filter> a1) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public <T extends jakarta.servlet.Filter> T createFilter(java.lang.Class<T> a0)
			throws jakarta.servlet.ServletException {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.FilterRegistration getFilterRegistration(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Map<java.lang.String, ? extends jakarta.servlet.FilterRegistration> getFilterRegistrations() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.SessionCookieConfig getSessionCookieConfig() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void setSessionTrackingModes(java.util.Set<jakarta.servlet.SessionTrackingMode> a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Set<jakarta.servlet.SessionTrackingMode> getDefaultSessionTrackingModes() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.util.Set<jakarta.servlet.SessionTrackingMode> getEffectiveSessionTrackingModes() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void addListener(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public <T extends java.util.EventListener> void addListener(T a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void addListener(java.lang.Class<? extends java.util.EventListener> a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public <T extends java.util.EventListener> T createListener(java.lang.Class<T> a0)
			throws jakarta.servlet.ServletException {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public jakarta.servlet.descriptor.JspConfigDescriptor getJspConfigDescriptor() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.ClassLoader getClassLoader() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void declareRoles(java.lang.String... a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getVirtualServerName() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public int getSessionTimeout() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void setSessionTimeout(int a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getRequestCharacterEncoding() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void setRequestCharacterEncoding(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public java.lang.String getResponseCharacterEncoding() {
		throw new UnsupportedOperationException("SHELL");
	}

	@Override
	public void setResponseCharacterEncoding(java.lang.String a0) {
		throw new UnsupportedOperationException("SHELL");
	}

}
