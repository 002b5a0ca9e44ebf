"""architectures.py FILE: names and shapes of the published architectures, on the meta device: count and SHA-256 of sorted `name shape` lines."""
import hashlib, json, sys, torch
from diffusers import UNet2DConditionModel, AutoencoderKL
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection
CA=("CrossAttnDownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D","DownBlock2D"); CU=("UpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D")
XD=("DownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D"); XU=("CrossAttnUpBlock2D","CrossAttnUpBlock2D","UpBlock2D")
base=dict(down_block_types=CA,up_block_types=CU,block_out_channels=(320,640,1280,1280),cross_attention_dim=768,attention_head_dim=8)
U={"sd15":base,"sd15-inpaint":{**base,"in_channels":9},"sd21":{**base,"cross_attention_dim":1024,"attention_head_dim":(5,10,20,20),"use_linear_projection":True},
 "sdxl":dict(down_block_types=XD,up_block_types=XU,block_out_channels=(320,640,1280),cross_attention_dim=2048,attention_head_dim=(5,10,20),use_linear_projection=True,transformer_layers_per_block=(1,2,10),addition_embed_type="text_time",addition_time_embed_dim=256,projection_class_embeddings_input_dim=2816),
 "sdxl-refiner":dict(down_block_types=("DownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D","DownBlock2D"),up_block_types=("UpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D","UpBlock2D"),block_out_channels=(384,768,1536,1536),cross_attention_dim=1280,attention_head_dim=(6,12,24,24),use_linear_projection=True,transformer_layers_per_block=4,addition_embed_type="text_time",addition_time_embed_dim=256,projection_class_embeddings_input_dim=2560),
 "x4-upscaler":dict(in_channels=7,cross_attention_dim=1024,attention_head_dim=8,use_linear_projection=True,num_class_embeds=1000,only_cross_attention=(True,True,True,False),block_out_channels=(256,512,512,1024),down_block_types=("DownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D","CrossAttnDownBlock2D"),up_block_types=("CrossAttnUpBlock2D","CrossAttnUpBlock2D","CrossAttnUpBlock2D","UpBlock2D")),
 "lcm":{**base,"time_cond_proj_dim":256}}
V=dict(down_block_types=("DownEncoderBlock2D",)*4,up_block_types=("UpDecoderBlock2D",)*4,block_out_channels=(128,256,512,512),layers_per_block=2,latent_channels=4)
T={"clip-l":(CLIPTextModel,dict(hidden_size=768,intermediate_size=3072,num_hidden_layers=12,num_attention_heads=12,hidden_act="quick_gelu",projection_dim=768)),
 "open-clip-h":(CLIPTextModel,dict(hidden_size=1024,intermediate_size=4096,num_hidden_layers=23,num_attention_heads=16,hidden_act="gelu",projection_dim=512)),
 "open-clip-g":(CLIPTextModelWithProjection,dict(hidden_size=1280,intermediate_size=5120,num_hidden_layers=32,num_attention_heads=20,hidden_act="gelu",projection_dim=1280))}
def digest(net):
    lines=sorted(f"{k} {','.join(map(str,v.shape))}" for k,v in net.state_dict().items() if "position_ids" not in k)
    return dict(tensors=len(lines),parameters=sum(p.numel() for p in net.parameters()),sha256=hashlib.sha256("\n".join(lines).encode()).hexdigest())
out={}
with torch.device("meta"):
    for n,c in U.items():
        m=UNet2DConditionModel(**c); out[n]=dict(config={"_class_name":"UNet2DConditionModel",**c},**digest(m))
    m=AutoencoderKL(**V); out["vae"]=dict(config={"_class_name":"AutoencoderKL",**V},**digest(m))
    for n,(C,c) in T.items():
        m=C(CLIPTextConfig(**c)); out[n]=dict(config={"architectures":[C.__name__],**c},**digest(m))
json.dump(out,open(sys.argv[1],"w"),indent=1)
for n,o in out.items(): print(n,o["tensors"],o["parameters"])
