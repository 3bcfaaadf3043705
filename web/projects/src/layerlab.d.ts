declare module "layerlab:examples" {
  const text: string;
  export default text;
}
